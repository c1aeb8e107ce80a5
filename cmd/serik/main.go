// Command serik is the whole product: the pages, the clock, the jobs and the
// operator's commands in one program.
package main

import (
	"context"
	"os"
	"time"

	"serik/internal/transport/cli"
	"serik/internal/wire"
)

func main() {
	time.Local = time.UTC // instants are read back as they were written
	os.Exit(cli.Main(context.Background(), os.Args[1:], wire.Ways(os.Stdout, os.Stderr)))
}
