module github.com/go-rados/go-rados

go 1.24

// Only tests need it, so that importers do not. It is the oldest version that the tests work with.
require github.com/stretchr/testify v1.10.0

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
