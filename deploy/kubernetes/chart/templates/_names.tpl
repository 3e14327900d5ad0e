{{/* Labels that select the pods of a component: (dict "root" $ "component" NAME). */}}
{{- define "sensors.selector" -}}
app.kubernetes.io/name: sensors
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "sensors.labels" -}}
{{ include "sensors.selector" . }}
app.kubernetes.io/part-of: sensors
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
{{- end }}

{{/* Labels of all pods of this release, whatever their component. */}}
{{- define "sensors.release" -}}
app.kubernetes.io/name: sensors
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sensors.image" -}}
{{ .root.Values.image.prefix }}{{ .image }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "sensors.passwords" -}}
{{ .Values.passwords.existingSecret | default (printf "%s-passwords" .Release.Name) }}
{{- end }}

{{/* The keys of that Secret: a test holds them against the registry of services. */}}
{{- define "sensors.passwordKeys" -}}
- RABBITMQ_SENSOR_PASS
- RABBITMQ_PIPELINE_PASS
- RABBITMQ_OPERATOR_PASS
- RABBITMQ_ALERTER_PASS
- RABBITMQ_WORKFLOWS_PASS
- RABBITMQ_WORKER_PASS
- POSTGRES_WRITER_PASSWORD
- POSTGRES_READER_PASSWORD
- POSTGRES_MANAGER_PASSWORD
- POSTGRES_EVALUATOR_PASSWORD
- POSTGRES_ANALYST_PASSWORD
- POSTGRES_WORKER_PASSWORD
{{- end }}

{{- define "sensors.rabbitmq.cluster" -}}
{{ .Release.Name }}-rabbitmq
{{- end }}

{{- define "sensors.rabbitmq.host" -}}
{{- if .Values.rabbitmq.operator -}}
{{ include "sensors.rabbitmq.cluster" . }}
{{- else -}}
{{ required "rabbitmq.operator is false, so rabbitmq.host must name your broker" .Values.rabbitmq.host }}
{{- end }}
{{- end }}

{{- define "sensors.rabbitmq.port" -}}
{{- if .Values.rabbitmq.operator -}}
{{ ternary 5671 5672 (ne .Values.rabbitmq.tlsSecret "") }}
{{- else -}}
{{ int .Values.rabbitmq.port }}
{{- end }}
{{- end }}

{{/* The Secret with the authority of the broker's certificate; empty: no TLS. */}}
{{- define "sensors.rabbitmq.ca" -}}
{{ ternary .Values.rabbitmq.tlsSecret .Values.rabbitmq.caSecret .Values.rabbitmq.operator }}
{{- end }}

{{/* The management API of the operator's cluster. (dict "root" $ "host" NAME) */}}
{{- define "sensors.rabbitmq.management" -}}
{{- if .root.Values.rabbitmq.tlsSecret -}}
https://{{ .host }}:15671
{{- else -}}
http://{{ .host }}:15672
{{- end }}
{{- end }}

{{- define "sensors.rabbitmq.managementUrl" -}}
{{- if .Values.rabbitmq.managementUrl -}}
{{ .Values.rabbitmq.managementUrl }}
{{- else if .Values.rabbitmq.operator -}}
{{ include "sensors.rabbitmq.management" (dict "root" . "host" (include "sensors.rabbitmq.host" .)) }}
{{- else -}}
{{ fail "rabbitmq.operator is false, so rabbitmq.managementUrl must be the address of your broker's management API" }}
{{- end }}
{{- end }}

{{- define "sensors.rabbitmq.owner" -}}
{{- if .Values.rabbitmq.ownerSecret -}}
{{ .Values.rabbitmq.ownerSecret }}
{{- else if .Values.rabbitmq.operator -}}
{{ include "sensors.rabbitmq.cluster" . }}-default-user
{{- else -}}
{{ fail "rabbitmq.operator is false, so rabbitmq.ownerSecret must name a Secret with username and password of an administrator" }}
{{- end }}
{{- end }}

{{- define "sensors.postgres.cluster" -}}
{{ .Release.Name }}-postgres
{{- end }}

{{- define "sensors.postgres.host" -}}
{{- if .Values.postgres.operator -}}
{{ include "sensors.postgres.cluster" . }}-rw
{{- else -}}
{{ required "postgres.operator is false, so postgres.host must name your server" .Values.postgres.host }}
{{- end }}
{{- end }}

{{/* The standbys of the operator's cluster: charts are read from one, and the monitoring reports when there is none. */}}
{{- define "sensors.postgres.standbys" -}}
{{- if and .Values.postgres.operator (gt (int .Values.postgres.instances) 1) -}}
{{ include "sensors.postgres.cluster" . }}-ro
{{- end }}
{{- end }}

{{- define "sensors.postgres.owner" -}}
{{- if .Values.postgres.ownerSecret -}}
{{ .Values.postgres.ownerSecret }}
{{- else if .Values.postgres.operator -}}
{{ include "sensors.postgres.cluster" . }}-app
{{- else -}}
{{ fail "postgres.operator is false, so postgres.ownerSecret must name a Secret with username and password of the owner" }}
{{- end }}
{{- end }}

{{/* The Secret with the authority of the database's certificate; CloudNativePG has one of its own. */}}
{{- define "sensors.postgres.ca" -}}
{{- if .Values.postgres.caSecret -}}
{{ .Values.postgres.caSecret }}
{{- else if .Values.postgres.operator -}}
{{ include "sensors.postgres.cluster" . }}-ca
{{- end }}
{{- end }}

{{/* Where the services answer their health checks. A headless Service resolves to the address of each pod. */}}
{{- define "sensors.targets" -}}
{{- $targets := list }}
{{- if .Values.sensor.enabled }}{{ $targets = append $targets "sensor:9100" }}{{ end }}
{{- $targets = concat $targets (list "pipeline-processor:9100" "dashboard-pods:8085" "analysis:9100" "alerter:9100") }}
{{- if .Values.workflows.enabled }}{{ $targets = append $targets "workflows-pods:8086" }}{{ end }}
{{- if .Values.worker.enabled }}{{ $targets = append $targets "worker:9100" }}{{ end }}
{{- if .Values.reporter.enabled }}{{ $targets = append $targets "reporter:9100" }}{{ end }}
{{- $addresses := list }}
{{- range $targets }}{{ $addresses = append $addresses (printf "%s-%s" $.Release.Name .) }}{{ end }}
{{- join "," $addresses }}
{{- end }}

{{/* The ports of a list of hosts as JSON: (dict "hosts" TEXT "port" that of a host without one). */}}
{{- define "sensors.hostPorts" -}}
{{- $ports := list }}
{{- range splitList "," .hosts }}
{{- $ports = append $ports (regexFind ":[0-9]+$" (trim .) | trimPrefix ":" | default ($.port | toString) | int) }}
{{- end }}
{{- $ports | uniq | toJson }}
{{- end }}

{{/* The ports of a list of URLs as JSON. */}}
{{- define "sensors.urlPorts" -}}
{{- $ports := list }}
{{- range splitList "," . }}
{{- $url := urlParse (trim .) }}
{{- $usual := ternary "443" "80" (eq $url.scheme "https") }}
{{- $ports = append $ports (regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default $usual | int) }}
{{- end }}
{{- $ports | uniq | toJson }}
{{- end }}
