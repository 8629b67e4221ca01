package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"time"
	"unsafe"

	"github.com/sirupsen/logrus"
	"sigs.k8s.io/aws-iam-authenticator/pkg/arn"
	"sigs.k8s.io/aws-iam-authenticator/pkg/config"
	"sigs.k8s.io/aws-iam-authenticator/pkg/ec2provider"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap"
	"sigs.k8s.io/aws-iam-authenticator/pkg/mapper/dynamicfile"
	"sigs.k8s.io/aws-iam-authenticator/pkg/server"
	"sigs.k8s.io/aws-iam-authenticator/pkg/token"
)

// mappingQuestion asks who a caller is to a cluster with this aws-auth and, before it, these access entries. The caller is
// the one of tokenQuestion, as STS names it.
type mappingQuestion struct {
	ConfigMapData map[string]string `json:"configMapData"`
	AccessKeyID   string            `json:"accessKeyId"`
	Instances     instances         `json:"instances"`
	// DynamicFile is what EKS is taken to make of access entries; none: aws-auth alone.
	DynamicFile *dynamicfile.DynamicFileData `json:"dynamicFile"`
}

// reserved is what EKS lets no access entry make a username begin with (the authenticator's own sample of its settings).
var reserved = []string{"aws:", "eks:", "amazon:", "iam:", "system:"}

// instances is EC2: the private DNS names by id.
type instances map[string]string

func (i instances) StartEc2DescribeBatchProcessing() {}

func (i instances) GetPrivateDNSName(id string) (string, error) {
	if name := i[id]; name != "" {
		return name, nil
	}
	return "", fmt.Errorf("failed to find node %s ", id)
}

// The server's own steps; Go links them although they are not exported.

//go:linkname doMapping sigs.k8s.io/aws-iam-authenticator/pkg/server.(*handler).doMapping
func doMapping(handler unsafe.Pointer, identity *token.Identity) (string, []string, error)

//go:linkname saveMap sigs.k8s.io/aws-iam-authenticator/pkg/mapper/configmap.(*MapStore).saveMap
func saveMap(store *configmap.MapStore, users []config.UserMapping, roles []config.RoleMapping, accounts []string)

// mapIdentity answers as the webhook would: who the caller is, or the error that its log has.
func mapIdentity(caller tokenQuestion, q mappingQuestion) (any, error) {
	logrus.SetOutput(io.Discard) // what it warns of is in the answer
	out := answer{"result": nil, "error": nil, "parseError": nil}
	users, roles, accounts, err := configmap.ParseMap(q.ConfigMapData)
	if err != nil {
		out["parseError"] = err.Error()
	}
	identity, err := identify(caller, q.AccessKeyID)
	if err != nil {
		out["error"] = err.Error()
		return out, nil
	}
	store := &configmap.MapStore{}
	saveMap(store, users, roles, accounts)
	mappers := []mapper.Mapper{&configmap.ConfigMapMapper{MapStore: store}}
	if q.DynamicFile != nil {
		entries, err := accessEntries(*q.DynamicFile)
		if err != nil {
			return nil, err
		}
		mappers = append([]mapper.Mapper{entries}, mappers...)
	}
	username, groups, err := doMapping(newHandler(mappers, q.Instances), identity)
	if err != nil {
		out["error"] = err.Error()
		return out, nil
	}
	uid := fmt.Sprintf("aws-iam-authenticator:%s:%s", identity.AccountID, identity.UserID)
	out["result"] = answer{"username": username, "groups": groups, "uid": uid}
	return out, nil
}

// identify has the verifier take a token whose caller STS says to be this one.
func identify(caller tokenQuestion, key string) (*token.Identity, error) {
	before := http.DefaultTransport
	http.DefaultTransport = said(caller)
	defer func() { http.DefaultTransport = before }()
	query := url.Values{
		"Action": {"GetCallerIdentity"}, "X-Amz-Expires": {"60"}, "X-Amz-SignedHeaders": {"host;x-k8s-aws-id"},
		"X-Amz-Date": {time.Now().UTC().Format("20060102T150405Z")}, "X-Amz-Credential": {key + "/"},
	}
	signed := "https://sts.us-east-1.amazonaws.com/?" + query.Encode()
	return token.NewVerifier("cluster", "aws", "us-east-1").Verify("k8s-aws-v1." + base64.RawURLEncoding.EncodeToString([]byte(signed)))
}

// said is an STS that names one caller, whatever is asked.
type said tokenQuestion

func (s said) RoundTrip(request *http.Request) (*http.Response, error) {
	text, err := json.Marshal(answer{"GetCallerIdentityResponse": answer{"GetCallerIdentityResult": answer{
		"Account": s.Account, "Arn": s.Arn, "UserId": s.UserID,
	}}})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(text)), Request: request}, nil
}

// accessEntries is the mapper that EKS has for access entries, as far as its log shows: bound to principal ids.
func accessEntries(data dynamicfile.DynamicFileData) (mapper.Mapper, error) {
	entries, err := dynamicfile.NewDynamicFileMapper(config.Config{
		DynamicFileUserIDStrict: true,
		ReservedPrefixConfig: map[string]config.ReservedPrefixConfig{
			mapper.ModeDynamicFile: {BackendMode: mapper.ModeDynamicFile, UsernamePrefixReserveList: reserved},
		},
	})
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return entries, entries.CallBackForFileLoad(text)
}

// newHandler is the server's handler with these mappers, and nothing around it that would listen or log.
func newHandler(mappers []mapper.Mapper, ec2 ec2provider.EC2Provider) unsafe.Pointer {
	field, _ := reflect.TypeFor[server.Server]().FieldByName("internalHandler")
	handler := reflect.New(field.Type.Elem())
	put := func(value any, path ...string) {
		at := handler.Elem()
		for _, name := range path {
			at = at.FieldByName(name)
		}
		reflect.NewAt(at.Type(), unsafe.Pointer(at.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
	}
	put(ec2, "ec2Provider")
	put(mappers, "backendMapper", "mappers")
	return handler.UnsafePointer()
}

// kinds names what the authenticator tells apart.
var kinds = map[arn.PrincipalType]string{
	arn.ROLE: "role", arn.USER: "user", arn.ROOT: "root", arn.FEDERATED_USER: "federated-user", arn.ASSUMED_ROLE: "assumed-role",
}

// canonicalize answers what the authenticator looks an ARN up as.
func canonicalize(text string) (any, error) {
	kind, canonical, err := arn.Canonicalize(text)
	if err != nil {
		return answer{"refused": err.Error()}, nil
	}
	return answer{"type": kinds[kind], "canonical": canonical}, nil
}
