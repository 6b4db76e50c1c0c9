/** Whether citizens see an officer's photo: only with the officer's consent, and while the officer serves. */
export const isPhotoShown = (officer: {
	photoKey: string | null;
	photoConsentAt: Date | null;
	active: boolean;
}): boolean => officer.photoKey !== null && officer.photoConsentAt !== null && officer.active;

/** Address of the photo that citizens see; null if they see none. */
export const publicPhotoAddress = ({ id, hasPhoto }: { id: string; hasPhoto: boolean }): string | null =>
	hasPhoto ? `/berkas/petugas/${id}` : null;
