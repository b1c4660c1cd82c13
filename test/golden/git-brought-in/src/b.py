# /Repos/ana@acme.example/x/b.py
