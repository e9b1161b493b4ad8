{{/* The label matchers that tell this release's metrics from others: those that its ServiceMonitor makes, unless told. */}}
{{- define "scim-gateway.metrics" -}}
{{- $own := printf "namespace=%q, job=%q" .Release.Namespace (printf "%s-admin" (include "scim-gateway.fullname" .)) -}}
{{- default $own .Values.prometheusRule.selector -}}
{{- end -}}

{{/* alerts.yaml for this release, without its comments. */}}
{{- define "scim-gateway.alerts" -}}
{{- $text := .Files.Get "alerts.yaml" | replace "job=\"scim-gateway\"" (include "scim-gateway.metrics" .) -}}
{{- if .Values.prometheusRule.runbookUrl -}}
{{- $base := printf "runbook_url: %s/" (trimSuffix "/" .Values.prometheusRule.runbookUrl) -}}
{{- $text = $text | replace "runbook_url: runbooks/" $base -}}
{{- end -}}
{{- regexReplaceAll "(?m)^#.*\n" $text "" | trim -}}
{{- end -}}
