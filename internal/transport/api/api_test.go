package api_test

import (
	"os"
	"testing"
	"time"

	"serik/internal/transport/api"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	os.Exit(m.Run())
}

func TestDocument(t *testing.T) {
	_, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
}
