# Databricks notebook source
print("/Users/ana@acme.example/a")
