#!/usr/bin/env bash
set -euo pipefail
: "${MONGO_ROOT_PASSWORD:?}" "${MONGO_HUB_PASSWORD:?}"

# The driver's own discovery would look for a primary, and before the set exists there is none.
exec mongosh --quiet 'mongodb://mongo:27017/admin?directConnection=true' --file /opt/lianzhen/init.js
