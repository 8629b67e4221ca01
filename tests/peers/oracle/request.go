package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/endpoints/request"
)

// resolver is kube-apiserver's: /apis has groups, /api has none.
var resolver = request.RequestInfoFactory{APIPrefixes: sets.NewString("apis", "api"), GrouplessAPIPrefixes: sets.NewString("api")}

// requestInfo says what kube-apiserver takes a request for. Go's server reads the request line, so that a URL which never
// gets past it (a space, a bad escape) is refused here too.
func requestInfo(method, url string) (any, error) {
	if strings.ContainsAny(method+url, "\r\n") {
		return nil, errors.New("a request line is one line")
	}
	line := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: kubernetes\r\n\r\n", method, url)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(line)))
	if err != nil {
		return nil, err
	}
	info, err := resolver.NewRequestInfo(r)
	if err != nil {
		return nil, err
	}
	return answer{
		"resourceRequest": info.IsResourceRequest,
		"verb":            info.Verb,
		"path":            info.Path,
		"apiGroup":        info.APIGroup,
		"apiVersion":      info.APIVersion,
		"namespace":       info.Namespace,
		"resource":        info.Resource,
		"subresource":     info.Subresource,
		"name":            info.Name,
		"fieldSelector":   info.FieldSelector,
		"labelSelector":   info.LabelSelector,
	}, nil
}
