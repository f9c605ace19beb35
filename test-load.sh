#!/bin/sh
# The smaller load test: 100 reads of content 1 in each region, a change of it, 100 reads. For more: npm start -- load --help.
set -eu
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PATH=$folder/node_modules/.bin:$PATH # npm ci puts a Node there that is new enough.
if [ ! -f "$folder/dist/bin.js" ]; then
  echo "expected $folder/dist/bin.js, got none; run npm ci in $folder first" >&2
  exit 107
fi
exec node "$folder/dist/bin.js" load --only-basic --original "$@"
