// A module of its own, so that programs that import package rados need not have the client of Prometheus.
module github.com/go-rados/go-rados/rados/promrados

go 1.25.0

require (
	github.com/go-rados/go-rados v0.0.0
	github.com/prometheus/client_golang v1.23.2
	github.com/stretchr/testify v1.12.1
	golang.org/x/sys v0.35.0
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/kr/text v0.2.0 // indirect
	github.com/kylelemons/godebug v1.1.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_model v0.6.2 // indirect
	github.com/prometheus/common v0.66.1 // indirect
	github.com/prometheus/procfs v0.16.1 // indirect
	go.yaml.in/yaml/v2 v2.4.2 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	google.golang.org/protobuf v1.36.8 // indirect
)

// In this repository, the library is the one beside the module. Programs that depend on the module do
// not see this, but the version above, which is set for each release: see CONTRIBUTING.md.
replace github.com/go-rados/go-rados => ../..
