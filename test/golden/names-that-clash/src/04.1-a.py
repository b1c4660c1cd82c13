# Databricks notebook source
print("/Workspace/Users/ana@acme.example/etl/04.1-a")
