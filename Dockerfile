# Clavis in a container. Targets: `cpu` (the default) and `cuda`, which needs the NVIDIA container toolkit on the host.
#
#   docker build -t clavis .                          docker build -t clavis:cuda --target cuda .
#   docker run -p 3000:3000 -e API_TOKEN=… -v clavis:/data clavis
#
# With Postgres, Redis and workers: compose.yaml.

ARG NODE_IMAGE=node:20-bookworm-slim
ARG CUDA_IMAGE=nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04

FROM ${NODE_IMAGE} AS build
WORKDIR /clavis
COPY package.json package-lock.json .npmrc ./
# onnxruntime-node holds its binaries for every system; an image needs those for Linux.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -r node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32
COPY tsconfig.json LICENSE NOTICE README.md ./
COPY api api
COPY classifiers classifiers
COPY db db
COPY indexer indexer
COPY web web
RUN npm run build

FROM build AS build-cuda
# Fetches onnxruntime's CUDA files, which `npm ci` leaves out.
RUN npm run cuda

FROM ${CUDA_IMAGE} AS cuda
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build-cuda /clavis /clavis
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data DEVICE=cuda
WORKDIR /clavis
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "api/main.ts", "serve"]

FROM ${NODE_IMAGE} AS cpu
COPY --from=build /clavis /clavis
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /clavis
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "api/main.ts", "serve"]
