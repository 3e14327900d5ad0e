{{/*
The environment of a service as a map of names and values. (dict "root" $ "broker" USER "database" ROLE "owner" true
"monitors" true "traces" true "settings" MAP "own" MAP): `own` are variables that the chart sets for this service; what the chart sets
takes precedence over the values, whose schema refuses it.
*/}}
{{- define "sensors.variables" -}}
{{- $values := .root.Values }}
{{- $set := dict }}
{{- if or .broker .owner }}
{{- $_ := set $set "QUEUE_NAME" $values.queueName }}
{{- $_ := set $set "RABBITMQ_HOST" (include "sensors.rabbitmq.host" .root) }}
{{- $_ := set $set "RABBITMQ_PORT" (include "sensors.rabbitmq.port" .root) }}
{{- $_ := set $set "RABBITMQ_VHOST" $values.rabbitmq.vhost }}
{{- if include "sensors.rabbitmq.ca" .root }}{{ $_ := set $set "RABBITMQ_TLS_CA" "/run/secrets/sensors/rabbitmq-ca.crt" }}{{ end }}
{{- end }}
{{- if or .database .owner }}
{{- $standbys := ternary (include "sensors.postgres.standbys" .root) "" (and .monitors (not .owner) | default false) }}
{{- $hosts := list (include "sensors.postgres.host" .root) $standbys | compact }}
{{- $_ := set $set "POSTGRES_HOST" (join "," $hosts) }}
{{- $_ := set $set "POSTGRES_PORT" (int $values.postgres.port | toString) }}
{{- $_ := set $set "POSTGRES_DB" $values.postgres.database }}
{{- if include "sensors.postgres.ca" .root }}{{ $_ := set $set "POSTGRES_SSLROOTCERT" "/run/secrets/sensors/postgres-ca.crt" }}{{ end }}
{{- end }}
{{- if .monitors }}
{{- $_ := set $set "RABBITMQ_MANAGEMENT_URL" (include "sensors.rabbitmq.managementUrl" .root) }}
{{- $_ := set $set "SERVICES" (include "sensors.targets" .root) }}
{{- end }}
{{- if and .traces $values.traces.endpoint }}{{ $_ := set $set "OTEL_EXPORTER_OTLP_ENDPOINT" $values.traces.endpoint }}{{ end }}
{{- with .broker }}{{ $_ := set $set "RABBITMQ_USER" . }}{{ end }}
{{- with .database }}{{ $_ := set $set "POSTGRES_USER" . }}{{ end }}
{{- range include "sensors.files" . | fromYamlArray }}
{{- $_ := set $set (printf "%s_FILE" .variable) (printf "/run/secrets/sensors/%s" .variable) }}
{{- end }}
{{- toYaml (merge $set (.own | default dict) (.settings | default dict) $values.settings) }}
{{- end }}

{{/* The secrets of a service, each a file: variable, Secret and key. Only what it needs is mounted. */}}
{{- define "sensors.files" -}}
{{- $passwords := include "sensors.passwords" .root }}
{{- $files := list }}
{{- with .broker }}
{{- $files = append $files (dict "variable" "RABBITMQ_PASS" "secret" $passwords "key" (printf "RABBITMQ_%s_PASS" (upper .))) }}
{{- end }}
{{- with .database }}
{{- $files = append $files (dict "variable" "POSTGRES_PASSWORD" "secret" $passwords "key" (printf "POSTGRES_%s_PASSWORD" (upper .))) }}
{{- end }}
{{- if .owner }}
{{- $broker := include "sensors.rabbitmq.owner" .root }}
{{- $database := include "sensors.postgres.owner" .root }}
{{- $files = append $files (dict "variable" "RABBITMQ_USER" "secret" $broker "key" "username") }}
{{- $files = append $files (dict "variable" "RABBITMQ_PASS" "secret" $broker "key" "password") }}
{{- $files = append $files (dict "variable" "POSTGRES_USER" "secret" $database "key" "username") }}
{{- $files = append $files (dict "variable" "POSTGRES_PASSWORD" "secret" $database "key" "password") }}
{{- range include "sensors.passwordKeys" .root | fromYamlArray }}
{{- $files = append $files (dict "variable" . "secret" $passwords "key" .) }}
{{- end }}
{{- end }}
{{- if and .traces .root.Values.traces.headersSecret }}
{{- $headers := dict "variable" "OTEL_EXPORTER_OTLP_HEADERS" "key" "OTEL_EXPORTER_OTLP_HEADERS" }}
{{- $files = append $files (set $headers "secret" .root.Values.traces.headersSecret) }}
{{- end }}
{{- toYaml (concat $files (.secrets | default list)) }}
{{- end }}

{{/* The volume with these files, and the authorities of the servers' certificates. */}}
{{- define "sensors.secretsVolume" -}}
{{- $bySecret := dict }}
{{- range include "sensors.files" . | fromYamlArray }}
{{- $items := append (get $bySecret .secret | default list) (dict "key" .key "path" .variable) }}
{{- $_ := set $bySecret .secret $items }}
{{- end }}
projected:
  defaultMode: 0440
  sources:
    {{- range $secret, $items := $bySecret }}
    - secret:
        name: {{ $secret }}
        items:
          {{- range $items }}
          - {key: {{ .key }}, path: {{ .path }}}
          {{- end }}
    {{- end }}
    {{- if and (or .broker .owner) (include "sensors.rabbitmq.ca" .root) }}
    - secret:
        name: {{ include "sensors.rabbitmq.ca" .root }}
        items:
          - {key: ca.crt, path: rabbitmq-ca.crt}
    {{- end }}
    {{- if and (or .database .owner) (include "sensors.postgres.ca" .root) }}
    - secret:
        name: {{ include "sensors.postgres.ca" .root }}
        items:
          - {key: ca.crt, path: postgres-ca.crt}
    {{- end }}
{{- end }}
