# /Repos/ana@acme.example/x/lib/util.py
