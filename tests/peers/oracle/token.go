package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go/aws/credentials"
	v4 "github.com/aws/aws-sdk-go/aws/signer/v4"
	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

// tokenQuestion asks whether the authenticator of a cluster takes a token. STS is played: it knows one secret, and the
// principal that has it.
type tokenQuestion struct {
	Token     string `json:"token"`
	Cluster   string `json:"cluster"`
	Partition string `json:"partition"`
	Region    string `json:"region"`
	Secret    string `json:"secret"`
	Arn       string `json:"arn"`
	Account   string `json:"account"`
	UserID    string `json:"userId"`
}

// verify has the authenticator's own verifier look at a token.
func verify(q tokenQuestion) (any, error) {
	before := http.DefaultTransport
	http.DefaultTransport = sts(q)
	defer func() { http.DefaultTransport = before }()
	identity, err := token.NewVerifier(q.Cluster, q.Partition, q.Region).Verify(q.Token)
	if err != nil {
		return answer{"refused": err.Error()}, nil
	}
	return answer{"identity": answer{
		"arn":          identity.ARN,
		"canonicalArn": identity.CanonicalARN,
		"accountId":    identity.AccountID,
		"userId":       identity.UserID,
		"sessionName":  identity.SessionName,
		"accessKeyId":  identity.AccessKeyID,
	}}, nil
}

// sts is AWS as the verifier meets it: the signature is made once more with the secret and compared.
type sts tokenQuestion

func (s sts) RoundTrip(request *http.Request) (*http.Response, error) {
	status, body := http.StatusOK, any(answer{"GetCallerIdentityResponse": answer{"GetCallerIdentityResult": answer{
		"Account": s.Account, "Arn": s.Arn, "UserId": s.UserID,
	}}})
	if refused := s.refusal(request); refused != "" {
		status, body = http.StatusForbidden, answer{"Error": answer{"Code": refused}}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(text)), Request: request}, nil
}

func (s sts) refusal(request *http.Request) string {
	query := request.URL.Query()
	key, rest, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	scope := strings.Split(rest, "/")
	signed, err := time.Parse("20060102T150405Z", query.Get("X-Amz-Date"))
	if err != nil || len(scope) != 4 {
		return "IncompleteSignature"
	}
	expires, err := time.ParseDuration(query.Get("X-Amz-Expires") + "s")
	if err != nil {
		return "IncompleteSignature"
	}
	url := fmt.Sprintf("https://%s/?Action=%s&Version=%s", request.URL.Host, query.Get("Action"), query.Get("Version"))
	again, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return "IncompleteSignature"
	}
	// what the token says is signed, as the verifier sent it
	for _, name := range strings.Split(query.Get("X-Amz-SignedHeaders"), ";") {
		if name != "host" {
			again.Header.Set(name, request.Header.Get(name))
		}
	}
	signer := v4.NewSigner(credentials.NewStaticCredentials(key, s.Secret, query.Get("X-Amz-Security-Token")))
	if _, err := signer.Presign(again, nil, "sts", scope[1], expires, signed); err != nil {
		return "IncompleteSignature"
	}
	if again.URL.Query().Get("X-Amz-Signature") != query.Get("X-Amz-Signature") {
		return "SignatureDoesNotMatch"
	}
	return ""
}
