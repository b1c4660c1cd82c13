// Databricks' built-in functions that only compute or read: none that calls a model or an address, runs code, or shows a secret.
import { wordSet } from '../../values/text.ts';

/**
 * From the list of built-in functions (docs: sql/language-manual/sql-ref-functions-builtin). Left out on purpose: ai_*, vector_search,
 * http_request, remote_query, java_method, reflect, try_reflect, secret, try_secret, list_secrets, read_kafka, read_kinesis, read_pubsub,
 * read_pulsar; from_avro and to_avro, which can ask a schema registry at any address. A name that is missing costs a click, never more.
 */
export const BUILTINS: ReadonlySet<string> = wordSet(
  `abs acos acosh add_months aes_decrypt aes_encrypt aggregate any any_value approx_count_distinct approx_percentile approx_top_k array
  array_agg array_append array_compact array_contains array_distinct array_except array_insert array_intersect array_join array_max array_min
  array_position array_prepend array_remove array_repeat array_size array_sort array_union arrays_overlap arrays_zip ascii asin asinh
  assert_true atan atan2 atanh avg base64 bigint bin binary bit_and bit_count bit_get bit_length bit_or bit_reverse bit_xor bitmap_bit_position
  bitmap_bucket_number bitmap_construct_agg bitmap_count bitmap_or_agg bool_and bool_or boolean bround btrim cardinality cast cbrt ceil ceiling
  char char_length character_length charindex chr coalesce collate collation collations collect_list collect_set concat concat_ws contains conv
  convert_timezone corr cos cosh cot count count_if count_min_sketch covar_pop covar_samp crc32 csc cube cume_dist curdate current_catalog
  current_database current_date current_metastore current_recipient current_schema current_timestamp current_timezone current_user
  current_version date date_add date_diff date_format date_from_unix_date date_part date_sub date_trunc dateadd datediff day dayname dayofmonth
  dayofweek dayofyear decimal decode default degrees dense_rank div double e element_at elt encode endswith equal_null event_log every exists
  exp explode explode_outer expm1 extract factorial filter find_in_set first first_value flatten float floor forall format_number format_string
  from_csv from_json from_unixtime from_utc_timestamp from_xml get get_json_object getbit greatest grouping grouping_id
  h3_boundaryasgeojson h3_boundaryaswkb h3_boundaryaswkt h3_centerasgeojson h3_centeraswkb h3_centeraswkt h3_compact h3_coverash3
  h3_coverash3string h3_distance h3_h3tostring h3_hexring h3_ischildof h3_ispentagon h3_isvalid h3_kring h3_kringdistances h3_longlatash3
  h3_longlatash3string h3_maxchild h3_minchild h3_pointash3 h3_pointash3string h3_polyfillash3 h3_polyfillash3string h3_resolution
  h3_stringtoh3 h3_tessellateaswkb h3_tochildren h3_toparent h3_uncompact hash hex histogram_numeric hll_sketch_agg hll_sketch_estimate
  hll_union hll_union_agg hour hypot if iff ifnull ilike in initcap inline inline_outer input_file_block_length input_file_block_start
  input_file_name instr int is_account_group_member is_member is_variant_null isdate isnan isnotnull isnull json_array_length json_object_keys
  json_tuple kurtosis lag last last_day last_value lcase lead least left len length levenshtein like ln locate log log10 log1p log2 lower lpad
  ltrim luhn_check make_date make_dt_interval make_interval make_timestamp make_ym_interval map map_concat map_contains_key map_entries
  map_filter map_from_arrays map_from_entries map_keys map_values map_zip_with mask max max_by md5 mean median min min_by minute mod mode
  monotonically_increasing_id month months_between named_struct nanvl negative next_day now nth_value ntile nullif nullifzero nvl nvl2
  octet_length overlay parse_json parse_url percent_rank percentile percentile_approx percentile_cont percentile_disc pi pmod posexplode
  posexplode_outer position positive pow power printf quarter radians raise_error rand randn random randstr range rank read_files reduce
  regexp regexp_count regexp_extract regexp_extract_all regexp_instr regexp_like regexp_replace regexp_substr regr_avgx regr_avgy regr_count
  regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat replace reverse right rint rlike round row_number rpad rtrim
  schema_of_csv schema_of_json schema_of_json_agg schema_of_variant schema_of_variant_agg schema_of_xml sec second sentences sequence
  session_user session_window sha sha1 sha2 shiftleft shiftright shiftrightunsigned shuffle sign signum sin sinh size skewness slice smallint
  some sort_array soundex space spark_partition_id split split_part sqrt st_area st_asbinary st_asewkb st_asewkt st_asgeojson st_astext
  st_aswkb st_aswkt st_buffer st_centroid st_contains st_convexhull st_distance st_dwithin st_envelope st_geogfromtext st_geogfromwkt
  st_geomfromtext st_geomfromwkb st_geomfromwkt st_intersection st_intersects st_length st_makeline st_makepoint st_point st_srid st_transform
  st_union st_within st_x st_y stack startswith std stddev stddev_pop stddev_samp str_to_map string struct substr substring substring_index
  sum table_changes tan tanh timediff timestamp timestamp_micros timestamp_millis timestamp_seconds timestampadd timestampdiff tinyint
  to_binary to_char to_csv to_date to_json to_number to_timestamp to_unix_timestamp to_utc_timestamp to_varchar to_variant_object to_xml
  transform transform_keys transform_values translate trim trunc try_add try_aes_decrypt try_avg try_cast try_divide try_element_at
  try_make_timestamp try_mod try_multiply try_parse_json try_subtract try_sum try_to_binary try_to_number try_to_timestamp try_url_decode
  try_variant_get typeof ucase unbase64 unhex uniform unix_date unix_micros unix_millis unix_seconds unix_timestamp upper url_decode url_encode
  user uuid var_pop var_samp variance variant_explode variant_explode_outer variant_get version weekday weekofyear width_bucket window
  window_time xpath xpath_boolean xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short xpath_string xxhash64 year zeroifnull
  zip_with`,
);
