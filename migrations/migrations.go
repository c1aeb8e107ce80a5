// Package migrations holds the schema, one text for both engines. A file
// NNNN_room.sql creates the tables of that room. Types are written as
// placeholders that the database room renders: {id} {instant} {date} {json}
// {path} {bool} {int}; a line "-- sqlite:" or "-- postgres:" opens a part for
// one engine, "-- both:" ends it. Migrations only go forward.
package migrations

import "embed"

// FS holds the files.
//
//go:embed *.sql
var FS embed.FS
