# syntax=docker/dockerfile:1
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN ["python", "-m", "venv", "--without-pip", "/opt/scim-gateway"]
# The locks are the only way in: every file is checked against its digest.
COPY .ci/requirements-build.lock .ci/
RUN ["python", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "-r", ".ci/requirements-build.lock"]
COPY .ci/requirements.lock .ci/
RUN ["python", "-m", "pip", "--python", "/opt/scim-gateway/bin/python", "install", "--require-hashes", "--only-binary", ":all:", "-r", ".ci/requirements.lock"]
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY gateway gateway
COPY mappings mappings
RUN ["python", "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "/wheels", "."]
WORKDIR /wheels
RUN ["python", "-m", "pip", "--python", "/opt/scim-gateway/bin/python", "install", "--no-index", "--no-deps", "--find-links", "/wheels", "scim-gateway"]

FROM ${BASE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="scim-gateway" \
      org.opencontainers.image.description="Standard SCIM 2.0 in, every vendor's dialect out." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/scim-gateway/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SCIM_GATEWAY_REVISION="${REVISION}"
COPY --from=build /opt/scim-gateway /opt/scim-gateway
USER 65532:65532
WORKDIR /tmp
EXPOSE 8080 9090
# Health is asked by Kubernetes on the admin port; see helm/templates/deployment.yaml.
HEALTHCHECK NONE
ENTRYPOINT ["scim-gateway"]
CMD ["serve", "--config", "/etc/scim-gateway/gateway.yaml"]
