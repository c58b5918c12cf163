import { isExpired, type Listing, type ListOptions, type ListPage } from "@operatorkit/api";

/** What one page is asked for with. */
export interface PageRequest {
  readonly limit: number | undefined;
  readonly continue: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly resourceVersionMatch: ListOptions["resourceVersionMatch"];
}

export interface ObjectListingOptions<T> {
  readonly options: ListOptions;
  readonly fetch: (request: PageRequest) => Promise<ListPage<T>>;
}

/** client-go's pager's. */
const DEFAULT_LIMIT = 500;

/**
 * A list not yet read. All pages show one moment's state. When the server has forgotten that moment half-way (410 Expired,
 * after some minutes), `toArray` starts again with one full list, as client-go's pager does; the iterators reject with
 * `Expired`, because what they gave out already would come twice.
 */
export class ObjectListing<T> implements Listing<T> {
  readonly #options: ListOptions;
  readonly #fetch: (request: PageRequest) => Promise<ListPage<T>>;

  constructor({ options, fetch }: ObjectListingOptions<T>) {
    this.#options = options;
    this.#fetch = fetch;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }

  async *pages(): AsyncGenerator<ListPage<T>, void, undefined> {
    const { limit = DEFAULT_LIMIT } = this.#options;
    let page = await this.#page(limit, undefined);
    yield page;
    while (page.continue !== undefined) {
      page = await this.#page(limit, page.continue);
      yield page;
    }
  }

  async toArray(): Promise<T[]> {
    const items: T[] = [];
    let pages = 0;
    try {
      for await (const page of this.pages()) {
        pages += 1;
        for (const item of page.items) items.push(item);
      }
      return items;
    } catch (error) {
      if (!isExpired(error) || pages === 0) throw error;
      return [...(await this.#page(undefined, undefined)).items];
    }
  }

  #page(limit: number | undefined, next: string | undefined): Promise<ListPage<T>> {
    const { resourceVersion, resourceVersionMatch } = this.#options;
    // A continue token holds its resource version; the server refuses both together.
    return next === undefined
      ? this.#fetch({ limit, continue: undefined, resourceVersion, resourceVersionMatch })
      : this.#fetch({ limit, continue: next, resourceVersion: undefined, resourceVersionMatch: undefined });
  }
}
