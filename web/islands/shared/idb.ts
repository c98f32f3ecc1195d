/** Opens a database of one object store; rejects where there is none (private windows). */
export function openStore(database: string, store: string, keyPath?: string): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store, keyPath === undefined ? {} : { keyPath });
  return answered(request);
}

export const answered = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
