import { eq, sql, type Column, type SQL } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';

/**
 * Condition `column = id`. False if `id`, which comes from an address or a form, is no UUID: PostgreSQL would throw on
 * it.
 */
export const isId = (column: Column, id: string): SQL => (isUuid(id) ? eq(column, id) : sql`false`);
