# Databricks notebook source
print("/Workspace/Users/ana@acme.example/etl/Größe/日本語")
