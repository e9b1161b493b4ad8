{{/* What no schema can say. Every complaint at once, each with what to do. */}}
{{- define "scim-gateway.check" -}}
{{- $said := concat
    (include "scim-gateway.checkConfig" . | splitList "\n")
    (include "scim-gateway.checkUrls" . | splitList "\n")
    (include "scim-gateway.checkSecrets" . | splitList "\n")
    (include "scim-gateway.checkPod" . | splitList "\n") -}}
{{- $said = without $said "" -}}
{{- if $said -}}
{{- fail (printf "\n\nThis release cannot work yet:\n- %s\n" (join "\n- " $said)) -}}
{{- end -}}
{{- end -}}

{{- define "scim-gateway.checkConfig" -}}
{{- $config := .Values.config -}}
{{- if not $config.backends }}
config.backends is empty: say which vendor APIs the gateway calls; ci/minimal-values.yaml in the chart's sources is a working start.
{{- end }}
{{- if not $config.tenants }}
config.tenants is empty: say which clients may call, with the sha256 that `scim-gateway token new` prints.
{{- end }}
{{- range $key := list "listen" "admin" }}
{{- $ours := include (printf "scim-gateway.%s" $key) $ }}
{{- if not (has (get $config $key | default $ours) (list $ours)) }}
config.{{ $key }} is {{ get $config $key }}, but the Service and the probes expect {{ $ours }}: remove it, or change ports.
{{- end }}
{{- end }}
{{- if hasPrefix "memory:" (include "scim-gateway.stateUrl" .) }}
{{- if gt (int .Values.replicaCount) 1 }}
replicaCount is {{ .Values.replicaCount }}, but state memory:// lives in one process: set config.state to a Redis URL, or replicaCount to 1.
{{- end }}
{{- if gt (int .Values.workers) 1 }}
workers is {{ .Values.workers }}, but state memory:// lives in one process: set config.state to a Redis URL, or workers to 1.
{{- end }}
{{- else if not $config.secret }}
config.secret is missing, and a shared state needs it (32 bytes or more): set it to { env: NAME } or { file: PATH }.
{{- end }}
{{- end -}}

{{/* These look at values that may hold a secret by mistake, so they never show the value; a schema would. */}}
{{- define "scim-gateway.checkUrls" -}}
{{- if contains "@" (include "scim-gateway.stateUrl" .) }}
config.state carries credentials in its URL: write { url: ..., username: ..., password: { env: NAME } }.
{{- end }}
{{- range $name, $backend := default dict .Values.config.backends }}
{{- if regexMatch "[@?#]" (default "" $backend.url) }}
config.backends.{{ $name }}.url must hold no credentials, query or fragment: credentials belong under auth.
{{- end }}
{{- end }}
{{- range $name, $tenant := default dict .Values.config.tenants }}
{{- range $index, $token := $tenant.tokens }}
{{- if not (regexMatch "^[0-9a-f]{64}$" $token.sha256) }}
config.tenants.{{ $name }}.tokens[{{ $index }}].sha256 is not a digest of 64 hex digits: take the line that `scim-gateway token new` prints.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "scim-gateway.checkSecrets" -}}
{{- $names := list -}}{{- range .Values.secretEnv }}{{- $names = append $names .name }}{{- end -}}
{{- $paths := list -}}{{- range .Values.secretMounts }}{{- $paths = append $paths (trimSuffix "/" .mountPath) }}{{- end -}}
{{- $parts := list .Values.config.secret .Values.config.state -}}
{{- range (default dict .Values.config.backends) }}{{- $parts = append $parts .auth }}{{- end -}}
{{- range $reference := include "scim-gateway.references" $parts | splitList "\n" | uniq }}
{{- $words := splitn " " 2 $reference }}
{{- if and (eq $words._0 "env") (not (has $words._1 $names)) }}
The config reads the environment variable {{ $words._1 }}, but secretEnv does not bring it: add { name: {{ $words._1 }}, secretName: ..., key: ... }.
{{- end }}
{{- if and (eq $words._0 "file") (not (has (dir $words._1) $paths)) }}
The config reads the file {{ $words._1 }}, but secretMounts does not bring it: add { secretName: ..., mountPath: {{ dir $words._1 }} }.
{{- end }}
{{- end }}
{{- if ne (len $names) (len (uniq $names)) }}
secretEnv names a variable twice: keep one entry for each name.
{{- end }}
{{- if ne (len $paths) (len (uniq $paths)) }}
secretMounts mounts two Secrets at one path: give each its own mountPath.
{{- end }}
{{- range $path := $paths }}
{{- if or (eq $path "") (regexMatch "^(/tmp|/etc/scim-gateway)(/|$)" $path) }}
secretMounts cannot use {{ default "/" $path }}, which the pod needs itself: use a path such as /run/secrets/NAME.
{{- end }}
{{- end }}
{{- end -}}

{{- define "scim-gateway.checkPod" -}}
{{- $grace := int .Values.shutdown.terminationGracePeriodSeconds -}}
{{- $pause := int .Values.shutdown.preStopSeconds -}}
{{- if lt $grace (add $pause 30 | int) }}
shutdown.terminationGracePeriodSeconds is {{ $grace }}: a drain needs 30 seconds after preStopSeconds, so {{ add $pause 30 }} or more.
{{- end }}
{{- $labels := concat (keys .Values.podLabels) (keys .Values.serviceMonitor.labels) }}
{{- $labels = concat $labels (keys .Values.prometheusRule.labels) (keys .Values.dashboard.labels) }}
{{- range $key := $labels | sortAlpha | uniq }}
{{- if regexMatch "^(app\\.kubernetes\\.io|helm\\.sh)/" $key }}
The label {{ $key }} is the chart's own: remove it from podLabels and the labels of serviceMonitor, prometheusRule and dashboard.
{{- end }}
{{- end }}
{{- if and .Values.prometheusRule.enabled (not .Values.serviceMonitor.enabled) (not .Values.prometheusRule.selector) }}
prometheusRule.selector is empty, and without serviceMonitor nothing says which metrics are this release's: enable serviceMonitor, or set it to labels such as job="scim-gateway".
{{- end }}
{{- range $key := list "checksum/config" "kubectl.kubernetes.io/default-container" }}
{{- if hasKey $.Values.podAnnotations $key }}
The annotation {{ $key }} is the chart's own: remove it from podAnnotations.
{{- end }}
{{- end }}
{{- if eq (int .Values.ports.scim) (int .Values.ports.admin) }}
ports.scim and ports.admin are both {{ .Values.ports.scim }}: the admin address is never routed to clients, so give them two ports.
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}
ingress.host is empty: set the host name that clients call.
{{- end }}
{{- end -}}
