#!/usr/bin/env bash
# mongod as the only member of replica set rs0, with accounts. Members of a set with accounts share a key file;
# it comes from the environment, because mongod takes only a file that is its own and nobody else's to read.
set -euo pipefail
: "${MONGO_REPLICA_KEY:?}"

key_file=/tmp/replica.key
(umask 077 && printf '%s\n' "$MONGO_REPLICA_KEY" >"$key_file")
chown mongodb:mongodb "$key_file"
unset MONGO_REPLICA_KEY

exec docker-entrypoint.sh mongod --replSet rs0 --keyFile "$key_file" --bind_ip_all
