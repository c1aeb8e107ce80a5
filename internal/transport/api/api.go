// Package api is the door for a system: REST at /api/v1 over the same verbs as
// the pages, described by an OpenAPI 3.1 document. A program comes with a
// person's token and is that person: what the grants allow at the moment, no
// more. It serves exchange with other registers (Law of 24.11.2015 No 418-V on
// informatization, art. 43); every look and every act stands in the same log.
package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/file"
	"serik/internal/platform/gate"
	"serik/internal/platform/text"
)

const (
	base     = "/api/v1"
	document = base + "/openapi.json"
	maxBody  = 256 << 10 // as the forms of the pages
)

// Service is what the door needs.
type Service struct {
	Run    *act.Runner
	Gate   *gate.Gate // the way out, for webhooks
	Words  *text.Words
	Log    *slog.Logger
	Limits Limits
	// From is the client's own address, behind a trusted proxy too.
	From func(*http.Request) string
	// Logged serves under the log and the measures of the house, and lets broke
	// answer for a handler that panicked; Note tells them which pattern answers,
	// and who asks, once each is known.
	Logged func(h http.Handler, broke http.HandlerFunc) http.Handler
	Note   func(r *http.Request, pattern, person string)
	// Files is the store of files, or none.
	Files func() *file.Store
}

// desk is the door with its router and its document.
type desk struct {
	Service
	api      huma.API
	problems *huma.Schema
	turnstile
}

// New makes the handler of /api/v1; all other addresses are answered by the
// pages beside it. The door is put together when the first program knocks: a
// start does not wait for what only programs ask.
func New(s Service, pages http.Handler) http.Handler {
	return doorway(s, pages, hang)
}

// doorway hangs the door beside the pages. Should it break while it is put
// together, each request is answered and logged as one that broke.
func doorway(s Service, pages http.Handler, hang func(Service) http.Handler) http.Handler {
	door := sync.OnceValue(func() http.Handler { return hang(s) })
	api := s.Logged(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { door().ServeHTTP(w, r) }), (&desk{Service: s}).broke)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == base || strings.HasPrefix(r.URL.Path, base+"/") {
			api.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

func hang(s Service) http.Handler {
	d, mux := open(s)
	doc := sync.OnceValues(d.document)
	mux.HandleFunc("GET "+document, func(w http.ResponseWriter, r *http.Request) {
		b, err := doc()
		if err != nil {
			s.Log.Error("no document of the API", "error", err.Error())
			d.broke(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(b) // the reader may have gone
	})
	mux.Handle(base+"/", d.nothing(mux))
	guard := d.guard(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		d.Note(r, pattern, "")
		guard.ServeHTTP(w, r)
	})
}

// Document is the OpenAPI document of the door, indented.
func Document() ([]byte, error) {
	d, _ := open(Service{})
	return d.document()
}

// open puts all operations on a router.
func open(s Service) (*desk, *http.ServeMux) {
	mux := http.NewServeMux()
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schemas.RegisterTypeAlias(reflect.TypeFor[date.Date](), reflect.TypeFor[day]())
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Serik", Version: "1",
				Description: "The register of commissions on minors' affairs, for programs. Each operation runs the verb of a page with the rights of the token's person."},
			Servers:  []*huma.Server{{URL: base}},
			Security: []map[string][]string{{"token": {}}},
			Components: &huma.Components{Schemas: schemas, SecuritySchemes: map[string]*huma.SecurityScheme{
				"token": {Type: "http", Scheme: "bearer", BearerFormat: "srk_…", Description: "A token made on the account page or by serik token create."}}},
		},
		Formats:                      map[string]huma.Format{"application/json": strictJSON(), "json": strictJSON()},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
	d := &desk{Service: s, turnstile: newTurnstile(s.Limits)}
	config.Transformers = []huma.Transformer{d.translate}
	d.api = humago.NewWithPrefix(mux, base, config)
	d.problems = schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, mount := range []func(*desk){children, childSteps, signals, signalSteps, cases, caseSteps, measures, contacts, readings,
		results, curators, people, agencies, norms, webhooks, erasures, inbox, files} {
		mount(d)
	}
	for _, path := range d.api.OpenAPI().Paths {
		for _, o := range []*huma.Operation{path.Get, path.Put, path.Post} {
			demand(o)
		}
	}
	delete(schemas.Map(), "ErrorModel") // of the library; ours is Problem
	delete(schemas.Map(), "ErrorDetail")
	return d, mux
}

// demand says in the document that a version is required; the library would
// answer for a missing one as for any other field.
func demand(o *huma.Operation) {
	if o == nil {
		return
	}
	for _, p := range o.Parameters {
		p.Required = p.Required || p.Name == "If-Match"
	}
}

func (d *desk) document() ([]byte, error) {
	b, err := json.MarshalIndent(d.api.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe api: %w", err)
	}
	return append(b, '\n'), nil
}

// strictJSON reads one value, of letters that a database and a page can hold.
func strictJSON() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		Unmarshal: func(b []byte, v any) error {
			if err := json.Unmarshal(b, v); err != nil {
				return err
			}
			if whole, ok := v.(*any); ok {
				return printable(*whole)
			}
			return nil
		},
	}
}

// op says what an operation is: "POST /cases/{case}/contacts".
type op struct {
	id, route, says string
	made            bool // it answers 201
	bare            bool // a POST that is no act: a search
}

func (d *desk) operation(o op, tag string, versioned, body bool) huma.Operation {
	method, path, _ := strings.Cut(o.route, " ")
	status := http.StatusOK
	if o.made {
		status = http.StatusCreated
	}
	out := huma.Operation{OperationID: o.id, Method: method, Path: path, Summary: o.says, Tags: []string{tag}, DefaultStatus: status,
		MaxBodyBytes: maxBody, Responses: map[string]*huma.Response{}}
	codes := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
		http.StatusInternalServerError, http.StatusServiceUnavailable}
	if strings.Contains(path, "{") {
		codes = append(codes, http.StatusNotFound)
	}
	if method != http.MethodGet {
		codes = append(codes, http.StatusNotFound, http.StatusConflict)
	}
	if body {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusRequestTimeout)
	}
	if versioned {
		codes = append(codes, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	}
	for _, c := range codes {
		out.Responses[strconv.Itoa(c)] = &huma.Response{Description: http.StatusText(c),
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: d.problems}}}
	}
	out.Responses["429"].Headers = map[string]*huma.Param{"Retry-After": {Schema: &huma.Schema{Type: huma.TypeInteger}}}
	return out
}

// day is how the document shows a law day.
type day struct{}

// Schema is the ISO form, or nothing where there may be none.
func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^([0-9]{4}-[0-9]{2}-[0-9]{2})?$`, Description: "A day: 2026-03-24.", Examples: []any{"2026-03-24"}}
}

type callerKey struct{}

// callerOf is who asks.
func callerOf(ctx context.Context) *caller {
	c, _ := ctx.Value(callerKey{}).(*caller)
	return c
}
