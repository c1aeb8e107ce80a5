package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The units are sandboxed, and systemd reads them as they are meant.
func TestUnits(t *testing.T) {
	t.Parallel()
	units := map[string]string{"serik.service": "", "serik-backup.service": "", "serik-backup.timer": ""}
	dir := t.TempDir()
	self, err := os.Executable() // verify wants the program to be there
	if err != nil {
		t.Fatal(err)
	}
	for name := range units {
		b, err := os.ReadFile(filepath.Join("../../../deploy", name))
		if err != nil {
			t.Fatal(err)
		}
		units[name] = string(b)
		there := strings.ReplaceAll(string(b), "/usr/local/bin/serik", self)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(there), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"serik.service", "serik-backup.service"} {
		for _, line := range []string{"User=serik", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes", "NoNewPrivileges=yes",
			"CapabilityBoundingSet=", "RestrictNamespaces=yes", "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "UMask=0077", "LimitCORE=0"} {
			if !strings.Contains(units[name], "\n"+line+"\n") {
				t.Errorf("%s lacks %s", name, line)
			}
		}
	}
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not on this machine")
	}
	for name := range units {
		if out, err := exec.CommandContext(t.Context(), tool, "verify", filepath.Join(dir, name)).CombinedOutput(); err != nil || strings.Contains(string(out), name) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for _, name := range []string{"serik.service", "serik-backup.service"} {
		// The threshold counts tenths of 10.
		if out, err := exec.CommandContext(t.Context(), tool, "security", "--offline=true", "--threshold=15", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Errorf("%s is exposed: %v\n%s", name, err, out)
		}
	}
}
