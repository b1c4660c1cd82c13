# Databricks notebook source
print("/Workspace/Users/ana@acme.example/etl/100% sure?")
