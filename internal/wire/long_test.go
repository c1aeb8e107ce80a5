package wire_test

import "testing"

// long leaves a walk over the whole house to the whole proof: what each commit
// runs must end while its writer waits.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a walk over the whole house")
	}
}
