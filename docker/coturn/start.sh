#!/usr/bin/env bash
# Puts the secret and this place's addresses into a configuration that only coturn reads, and runs it.
# CONFIG_FOLDER and TLS_FOLDER are only set when this is tried outside its container.
set -euo pipefail
: "${TURN_SECRET:?}" "${PUBLIC_ADDRESS:?}" "${HUB_DOMAIN:?}"

config_folder="${CONFIG_FOLDER:-/etc/lianzhen}"
tls_folder="${TLS_FOLDER:-/etc/lianzhen/tls}"
config="$(mktemp)" # 0600

{
  cat "$config_folder/turnserver.conf"
  echo "static-auth-secret=$TURN_SECRET"
  echo "realm=$HUB_DOMAIN"
  echo "allowed-peer-ip=$PUBLIC_ADDRESS"
  # Behind an address translation the relay is reached at another address than the machine's own.
  if ! hostname -I | tr ' ' '\n' | grep -qxF "$PUBLIC_ADDRESS"; then echo "external-ip=$PUBLIC_ADDRESS"; fi
  if [[ -r $tls_folder/privkey.pem ]]; then
    echo "cert=$tls_folder/fullchain.pem"
    echo "pkey=$tls_folder/privkey.pem"
  else
    echo "no-tls"
    echo "no-dtls"
  fi
} >"$config"
unset TURN_SECRET

exec turnserver -c "$config" "$@"
