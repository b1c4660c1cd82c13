# Databricks notebook source
print("/Users/ana@acme.example/etl/x")
