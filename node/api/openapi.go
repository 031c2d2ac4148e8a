package api

import (
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// document is an OpenAPI 3.1 description, as far as it is needed here.
type document struct {
	OpenAPI string                          `json:"openapi"`
	Info    map[string]string               `json:"info"`
	Paths   map[string]map[string]operation `json:"paths"`
}

type operation struct {
	ID         string              `json:"operationId"`
	Summary    string              `json:"summary"`
	Parameters []parameter         `json:"parameters,omitempty"`
	Responses  map[string]response `json:"responses"`
}

type parameter struct {
	Name        string             `json:"name"`
	In          string             `json:"in"`
	Required    bool               `json:"required"`
	Description string             `json:"description"`
	Schema      *jsonschema.Schema `json:"schema"`
}

type response struct {
	Description string           `json:"description"`
	Content     map[string]media `json:"content"`
}

type media struct {
	Schema *jsonschema.Schema `json:"schema,omitempty"`
}

// openapi serves GET /v1/openapi.json, which is made at the first request.
func (s *Server) openapi() handle {
	description := sync.OnceValues(func() (document, error) { return describe(s.routes(), s.options.Version) })
	return func(w http.ResponseWriter, _ *http.Request, _ query) error {
		d, err := description()
		if err != nil {
			return err
		}
		w.Header().Set("Cache-Control", "no-store")
		return write(w, mediaJSON, http.StatusOK, d)
	}
}

// describe makes the description of routes.
func describe(routes []route, version string) (document, error) {
	d := document{
		OpenAPI: "3.1.0",
		Info: map[string]string{
			"title": "gossip-price node", "version": version,
			"description": "What a node of a price oracle network tells. Read only; docs/api.md has the conventions.",
		},
		Paths: make(map[string]map[string]operation),
	}
	types, err := newSchemas()
	if err != nil {
		return d, err
	}
	problem, err := types.of(reflect.TypeFor[fault]())
	if err != nil {
		return d, err
	}
	for _, r := range routes {
		content := media{}
		if r.answer != nil {
			if content.Schema, err = types.of(r.answer); err != nil {
				return d, err
			}
		}
		d.Paths[r.path] = map[string]operation{"get": r.operation(content, problem)}
	}
	return d, nil
}

func (r route) operation(content media, problem *jsonschema.Schema) operation {
	answer := response{"The answer.", map[string]media{r.media: content}}
	o := operation{
		ID:      strings.Trim(strings.NewReplacer("/", "_", ".", "_", "{", "", "}", "").Replace(r.path), "_"),
		Summary: r.summary,
		Responses: map[string]response{
			"200":     answer,
			"default": {"What is wrong (RFC 9457).", map[string]media{mediaProblem: {problem}}},
		},
	}
	if r.answer != nil && r.answer.Implements(reflect.TypeFor[shaped]()) {
		o.Responses["503"] = answer
	}
	for _, p := range r.params {
		in := "query"
		if p.path {
			in = "path"
		}
		o.Parameters = append(o.Parameters, parameter{p.name, in, p.path || p.needed, p.want, p.schema})
	}
	return o
}
