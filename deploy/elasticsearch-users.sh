#!/bin/sh
# Gives Kibana its password, and duban a user that may do what it needs and no more.
set -eu

put() {
    curl --silent --show-error --fail --user "elastic:$ELASTIC_PASSWORD" \
        --header 'Content-Type: application/json' --request "$1" "$ELASTIC_URL/$2" --data-binary @-
    echo
}

printf '{"password":"%s"}' "$KIBANA_SYSTEM_PASSWORD" | put POST _security/user/kibana_system/_password
put PUT _security/role/duban <<ROLE
{
  "cluster": ["monitor"],
  "indices": [{"names": ["$DUBAN_ELASTIC_PREFIX*"], "privileges": ["all"]}],
  "applications": [{"application": "kibana-.kibana", "privileges": ["all"], "resources": ["*"]}]
}
ROLE
printf '{"password":"%s","roles":["duban"]}' "$DUBAN_PASSWORD" | put PUT _security/user/duban
