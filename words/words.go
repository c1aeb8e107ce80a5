// Package words holds the texts of Serik in Kazakh, Russian and English: one
// folder a language, one file a section, the same keys in all three. A key
// begins with the name of its file; a text holds no markup; placeholders look
// like {{.Name}}. Package text reads them and refuses an unequal set.
package words

import "embed"

// FS holds kk/, ru/ and en/, each with its sections as JSON.
//
//go:embed kk/*.json ru/*.json en/*.json
var FS embed.FS
