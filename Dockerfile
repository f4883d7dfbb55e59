# The image of the server: docker build -t server-container . && docker run -p 8080:8080 --name server server-container

FROM swift:6.3-bookworm AS build
WORKDIR /source
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
COPY server ./server
COPY client ./client
# For `server --version`: docker build --build-arg COMMIT=$(git rev-parse --short HEAD) …
ARG COMMIT
# -s strips the symbols, and halves the program.
RUN NTH_PRIME_COMMIT=$COMMIT swift build -c release --static-swift-stdlib --product server -Xlinker -s \
 && cp "$(swift build -c release --static-swift-stdlib --show-bin-path)/server" /server

# The base image has glibc, libstdc++ and a user other than root, but no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /server /usr/bin/server
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=5s CMD ["/usr/bin/server", "--health-check"]
ENTRYPOINT ["/usr/bin/server"]
CMD ["8080"]
