/** Address of an officer's photo. A new photo has a new key, so that no browser shows the former one from its cache. */
export const photoAddress = ({ id, photoKey }: { id: string; photoKey: string | null }): string | null =>
	photoKey && `/admin/officers/${id}/photo/file?v=${photoKey.slice(0, 8)}`;
