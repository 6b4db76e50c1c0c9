/**
 * Where the bytes of kept files lie. A key is a UUID or 32 to 64 hexadecimal digits, chosen by the caller and never
 * used for other bytes.
 */
export type Storage = {
	/** Returns once the bytes would survive a power cut. */
	put(key: string, bytes: Uint8Array): Promise<void>;
	/** Null where there is no such file. */
	read(key: string): Promise<Buffer | null>;
	/** Quietly nothing where there is no such file. */
	remove(key: string): Promise<void>;
	list(): AsyncIterable<StoredFile>;
};
export type StoredFile = { key: string; bytes: number; modifiedAt: Date };
