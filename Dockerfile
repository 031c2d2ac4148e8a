# The product's image: one static binary, certificates, an empty data folder. The classic builder can build it.
# build arguments: GO_IMAGE (a Debian with Go, gcc and certificates), VERSION (what `gossip-price version` says)
ARG GO_IMAGE=golang:1.26-bookworm

FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
# cgo brings libsecp256k1, several times faster than the Go code; netgo and osusergo make the static link complete.
RUN CGO_ENABLED=1 go build -trimpath -tags netgo,osusergo \
      -ldflags "-linkmode external -extldflags -static -s -w -X main.stamped=${VERSION}" \
      -o /out/gossip-price ./cmd/gossip-price \
 && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/gossip-price /gossip-price
# A named volume takes its owner from the folder that it covers.
COPY --from=build --chown=10001:10001 /out/data /data
USER 10001:10001
ENV GP_DATADIR=/data
WORKDIR /data
EXPOSE 8000 9000
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=3 CMD ["/gossip-price", "healthcheck"]
ENTRYPOINT ["/gossip-price"]
