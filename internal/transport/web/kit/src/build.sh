#!/bin/sh
# Builds assets/serik.css and the font subsets from the packages named in
# SOURCES.md. Run by hand after a change in *.scss; the results are committed.
set -eu
src=$(cd "$(dirname "$0")" && pwd)
out=$src/../assets
work=${WORK:-$(mktemp -d)}
cd "$work"
[ -d node_modules/sass ] || npm install --no-save --ignore-scripts \
  govuk-frontend@6.6.0 @ministryofjustice/frontend@11.1.0 \
  @fontsource-variable/onest@5.3.1 htmx.org@4.0.1 sass@1.108.2

node_modules/.bin/sass --load-path=. --style=compressed --no-source-map --quiet-deps \
  "$src/serik.scss" "$out/serik.css"
cp node_modules/htmx.org/dist/htmx.min.js "$out/htmx.js"
cp node_modules/@fontsource-variable/onest/LICENSE "$out/ONEST-OFL.txt"
cp node_modules/htmx.org/LICENSE "$out/HTMX-LICENSE.txt"

subset() {
  pyftsubset "node_modules/@fontsource-variable/onest/files/onest-$1-wght-normal.woff2" \
    --unicodes="$3" --flavor=woff2 --output-file="$out/onest-$2.woff2" \
    --layout-features=kern,liga,mark,mkmk,ccmp,locl,calt
}
subset latin latin 'U+20-7E,U+A0,U+A7,U+A9,U+AB,U+B0-B1,U+B7,U+BB,U+D7,U+2009,U+2010-2015,U+2018-201E,U+2022,U+2026,U+202F,U+2030,U+2191,U+2193,U+2212'
subset latin accents 'U+C0-D6,U+D8-FF,U+20AC'
subset cyrillic cyrillic 'U+301,U+400-45F,U+490-491,U+4B0-4B1,U+2116'
subset cyrillic-ext kazakh 'U+492-493,U+49A-49B,U+4A2-4A3,U+4AE-4AF,U+4BA-4BB,U+4D8-4D9,U+4E8-4E9'
