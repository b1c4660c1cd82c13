# Databricks notebook source
print("/Workspace/Users/ana@acme.example/etl/a")
