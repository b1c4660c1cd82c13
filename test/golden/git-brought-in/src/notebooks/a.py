# Databricks notebook source
print("/Repos/ana@acme.example/x/notebooks/a")
