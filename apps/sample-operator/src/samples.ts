/** The Memcacheds that ship with this operator. */
export const samples: URL = new URL("../samples/memcached.yaml", import.meta.url);
