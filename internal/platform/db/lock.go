package db

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrLocked: another process has the SQLite file open.
var ErrLocked = errors.New("database file is in use by another process")

// takeLock holds an exclusive lock until the file is closed; the kernel drops
// it when the process dies, so no stale lock is left behind.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock database: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock database: %w", err)
	}
	return f, nil
}

// dropLock gives the lock back by name: a program started at this instant may
// still hold a copy of the descriptor until it has replaced itself, and closing
// ours alone would leave the file locked as long.
func dropLock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
