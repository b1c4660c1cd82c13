# /Workspace/Users/ana@acme.example/etl/init.sh
