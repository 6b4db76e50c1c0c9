import type { Readable } from 'node:stream';

/**
 * Where the bytes of kept files lie. A key is a UUID or 32 to 64 hexadecimal digits, chosen by the caller and never
 * used for other bytes.
 */
export type Storage = {
	/** Returns once the bytes would survive a power cut. */
	put(key: string, bytes: Content): Promise<void>;
	/** Null if there is no such file. */
	read(key: string): Promise<Buffer | null>;
	/** The same for what need not be in memory whole: its size, and a stream that the caller reads to its end or destroys. */
	open(key: string): Promise<{ bytes: number; content: Readable } | null>;
	/** Quietly nothing where there is no such file. */
	remove(key: string): Promise<void>;
	list(): AsyncIterable<StoredFile>;
};
export type Content = Uint8Array | AsyncIterable<Uint8Array>;
export type StoredFile = { key: string; bytes: number; modifiedAt: Date };
