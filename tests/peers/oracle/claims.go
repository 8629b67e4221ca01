package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"
	jose "gopkg.in/go-jose/go-jose.v2"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	authenticationcel "k8s.io/apiserver/pkg/authentication/cel"
	requestx509 "k8s.io/apiserver/pkg/authentication/request/x509"
	"k8s.io/apiserver/plugin/pkg/authenticator/token/oidc"
	"k8s.io/kubernetes/pkg/kubeapiserver/options"
)

// claimsQuestion asks who tokens are of to an API server with these settings: its flags, or the file that
// --authentication-config names. What the signatures are worth is not asked: every token counts as signed by its issuer.
type claimsQuestion struct {
	Flags  []string `json:"flags"`
	File   string   `json:"file"`
	Tokens []string `json:"tokens"`
}

// certificateQuestion asks who a certificate is of that is made for it. Times are seconds from now.
type certificateQuestion struct {
	Subject   []attribute `json:"subject"`
	NotBefore int64       `json:"notBefore"`
	NotAfter  int64       `json:"notAfter"`
	Usages    []string    `json:"usages"`
	Foreign   bool        `json:"foreign"`
}

type attribute struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// identifyTokens has the API server's own code read the settings and authenticate the tokens.
func identifyTokens(q claimsQuestion) (any, error) {
	config, err := settings(q)
	if err != nil {
		return answer{"settings": err.Error()}, nil
	}
	var all []authenticator.Token
	for _, jwt := range config.jwt {
		// nobody is asked for keys, so how to reach an issuer does not matter
		jwt.Issuer.DiscoveryURL, jwt.Issuer.EgressSelectorType, jwt.Issuer.CertificateAuthority = "", "", ""
		one, err := oidc.New(context.Background(), oidc.Options{
			JWTAuthenticator:     jwt,
			KeySet:               trustful{},
			Client:               &http.Client{Transport: offline{}},
			Compiler:             compiler(),
			SupportedSigningAlgs: config.algorithms,
		})
		if err != nil {
			return answer{"settings": err.Error()}, nil
		}
		all = append(all, one)
	}
	told := make([]any, 0, len(q.Tokens))
	for _, token := range q.Tokens {
		told = append(told, authenticate(all, token))
	}
	return answer{"tokens": told}, nil
}

type issuers struct {
	jwt        []apiserver.JWTAuthenticator
	algorithms []string
}

func settings(q claimsQuestion) (issuers, error) {
	o := options.NewBuiltInAuthenticationOptions().WithOIDC().WithAnonymous()
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	o.AddFlags(flags)
	if err := flags.Parse(q.Flags); err != nil {
		return issuers{}, err
	}
	if q.File != "" {
		file, err := os.CreateTemp("", "oracle")
		if err != nil {
			return issuers{}, err
		}
		defer os.Remove(file.Name())
		if _, err := file.WriteString(q.File); err != nil {
			return issuers{}, err
		}
		if err := file.Close(); err != nil {
			return issuers{}, err
		}
		o.AuthenticationConfigFile = file.Name()
	}
	if err := utilerrors.NewAggregate(o.Validate()); err != nil {
		return issuers{}, err
	}
	config, err := o.ToAuthenticationConfig()
	if err != nil {
		return issuers{}, err
	}
	return issuers{config.AuthenticationConfig.JWT, config.OIDCSigningAlgs}, nil
}

// compiler is shared, because it is expensive to make.
var compiler = sync.OnceValue(authenticationcel.NewDefaultCompiler)

func authenticate(all []authenticator.Token, token string) any {
	var refusals []error
	for _, one := range all {
		response, ok, err := one.AuthenticateToken(context.Background(), token)
		if err != nil {
			refusals = append(refusals, err)
		}
		if ok {
			return answer{"identity": identity(response)}
		}
	}
	if len(refusals) > 0 {
		return answer{"refused": refusals[0].Error()}
	}
	return answer{"refused": "no issuer"}
}

func identity(response *authenticator.Response) any {
	groups, extra := response.User.GetGroups(), response.User.GetExtra()
	if groups == nil {
		groups = []string{}
	}
	if extra == nil {
		extra = map[string][]string{}
	}
	return answer{"username": response.User.GetName(), "uid": response.User.GetUID(), "groups": groups, "extra": extra}
}

// trustful takes every signature for its issuer's.
type trustful struct{}

func (trustful) VerifySignature(_ context.Context, jwt string) ([]byte, error) {
	if _, err := jose.ParseSigned(jwt); err != nil {
		return nil, err
	}
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return nil, errors.New("malformed")
	}
	return base64.RawURLEncoding.DecodeString(parts[1])
}

// offline is a network where nobody answers.
type offline struct{}

func (offline) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("offline") }

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

var authorities = sync.OnceValues(func() ([2]authority, error) {
	var made [2]authority
	for i := range made {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return made, err
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: fmt.Sprintf("authority-%d", i)}, IsCA: true, BasicConstraintsValid: true,
			NotBefore: time.Now().Add(-time.Hour * 9000), NotAfter: time.Now().Add(time.Hour * 9000), KeyUsage: x509.KeyUsageCertSign,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			return made, err
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return made, err
		}
		made[i] = authority{certificate, key}
	}
	return made, nil
})

// identifyCertificate makes a certificate and has the API server's own code authenticate it.
func identifyCertificate(q certificateQuestion) (any, error) {
	made, err := authorities()
	if err != nil {
		return nil, err
	}
	signer := made[0]
	if q.Foreign {
		signer = made[1]
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: after(q.NotBefore), NotAfter: after(q.NotAfter)}
	for _, one := range q.Subject {
		var id asn1.ObjectIdentifier
		for _, part := range strings.Split(one.Type, ".") {
			var number int
			if _, err := fmt.Sscan(part, &number); err != nil {
				return nil, err
			}
			id = append(id, number)
		}
		template.Subject.ExtraNames = append(template.Subject.ExtraNames, pkix.AttributeTypeAndValue{Type: id, Value: one.Value})
	}
	usages := map[string]x509.ExtKeyUsage{"clientAuth": x509.ExtKeyUsageClientAuth, "serverAuth": x509.ExtKeyUsageServerAuth, "any": x509.ExtKeyUsageAny}
	for _, usage := range q.Usages {
		template.ExtKeyUsage = append(template.ExtKeyUsage, usages[usage])
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.certificate, &signer.key.PublicKey, signer.key)
	if err != nil {
		return nil, err
	}
	told := answer{"certificate": pemOf(der), "authority": pemOf(made[0].certificate.Raw)}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(made[0].certificate)
	verify := requestx509.DefaultVerifyOptions()
	verify.Roots = roots
	request := &http.Request{TLS: &tls.ConnectionState{PeerCertificates: []*x509.Certificate{certificate}}}
	response, ok, err := requestx509.New(verify, requestx509.CommonNameUserConversion).AuthenticateRequest(request)
	switch {
	case err != nil:
		told["refused"] = err.Error()
	case !ok:
		told["refused"] = "nobody"
	default:
		told["identity"] = identity(response)
	}
	return told, nil
}

func after(seconds int64) time.Time { return time.Now().Add(time.Duration(seconds) * time.Second) }

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
