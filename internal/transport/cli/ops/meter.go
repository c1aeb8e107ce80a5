// Package ops is what an operator's machines ask of a running server, on a
// second address of this machine alone: does the process live, may requests
// come to it, and how does it do. Measures carry few and bounded labels (the
// pattern of a page, a method, a class of status, a kind of job): never an
// identifier, a login or a name.
package ops

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/db"
	"serik/internal/platform/job"
)

// Meter measures a server.
type Meter struct {
	reg      *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	deeds    *prometheus.HistogramVec
}

// NewMeter makes the measures of a house; routes are all patterns there are.
func NewMeter(d *db.DB, q *job.Queue, now func() time.Time) *Meter {
	m := &Meter{
		reg: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "serik_http_requests_total",
			Help: "Requests answered."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "serik_http_request_seconds",
			Help: "How long a request took.", Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route", "method"}),
		deeds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "serik_deed_seconds",
			Help: "How long views and acts took, jobs included.", Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, 1, 10}}, []string{"sort", "outcome"}),
	}
	retries := prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "serik_db_retries_total",
		Help: "Transactions tried again."}, func() float64 { return float64(d.Retries()) })
	m.reg.MustRegister(m.requests, m.seconds, m.deeds, retries, &state{d: d, q: q, now: now},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(d.W.DB, "write"))
	if d.R != d.W {
		m.reg.MustRegister(collectors.NewDBStatsCollector(d.R.DB, "read"))
	}
	if d.Jobs != d.W.DB {
		m.reg.MustRegister(collectors.NewDBStatsCollector(d.Jobs, "jobs"))
	}
	return m
}

// Request counts one request: the pattern that answered it, "none" where none
// did.
func (m *Meter) Request(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, method, class(status)).Inc()
	m.seconds.WithLabelValues(route, method).Observe(took.Seconds())
}

func class(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status/100) + "xx"
}

// Deed counts one view or act.
func (m *Meter) Deed(d act.Deed) {
	sort := "view"
	if d.Write {
		sort = "act"
	}
	m.deeds.WithLabelValues(sort, d.Outcome).Observe(d.Took.Seconds())
}

// state reads what lies in the database when it is asked.
type state struct {
	d   *db.DB
	q   *job.Queue
	now func() time.Time
}

var (
	jobsDesc     = prometheus.NewDesc("serik_jobs", "Jobs in the queue.", []string{"kind", "state"}, nil)
	unsealedDesc = prometheus.NewDesc("serik_audit_unsealed", "Records that wait for their seal.", nil, nil)
	ageDesc      = prometheus.NewDesc("serik_audit_unsealed_seconds", "How long the oldest of them waits.", nil, nil)
	upDesc       = prometheus.NewDesc("serik_db_up", "Whether the database answered.", nil, nil)
)

// Describe names the measures.
func (s *state) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsDesc, unsealedDesc, ageDesc, upDesc} {
		to <- d
	}
}

// Collect reads them; a database that does not answer in time leaves them out.
func (s *state) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	up := 0.0
	defer func() { to <- prometheus.MustNewConstMetric(upDesc, prometheus.GaugeValue, up) }()
	w, err := audit.Unsealed(ctx, s.d.R, s.now())
	if err != nil {
		return
	}
	jobs, err := s.q.Counts(ctx)
	if err != nil {
		return
	}
	up = 1
	to <- prometheus.MustNewConstMetric(unsealedDesc, prometheus.GaugeValue, float64(w.Count))
	to <- prometheus.MustNewConstMetric(ageDesc, prometheus.GaugeValue, w.Age.Seconds())
	for _, j := range jobs {
		to <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(j.N), j.Kind, j.State)
	}
}
