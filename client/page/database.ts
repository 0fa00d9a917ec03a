/**
 * Opens the databases of the page in its browser. Each has one store.
 *
 * Source: https://www.w3.org/TR/IndexedDB/
 *
 * @module
 */

/** Opens the database `name`; makes it, with its `store`, if there is none. */
export function openDatabase(name: string, store: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store);
  return resultOf(request);
}

/** Resolves to the result of a request; rejects if it fails. */
export function resultOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
