/** The `attachments` key of a create: a JSON array of file ids, with or without the dot, or `false` without files. */
export function attachmentsValue(ids: readonly string[], trailingDot: boolean): string | false {
	if (ids.length === 0) return false;
	const list = ids.map((id) => (/^(0|[1-9]\d{0,14})$/.test(id) ? id : JSON.stringify(id)));
	return `[${list.join(',')}]${trailingDot ? '.' : ''}`;
}
