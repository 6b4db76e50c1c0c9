/** Whether citizens see an officer's photo: only with the officer's consent, and while the officer serves. */
export const isPhotoShown = (officer: {
	photoKey: string | null;
	photoConsentAt: Date | null;
	active: boolean;
}): boolean => officer.photoKey !== null && officer.photoConsentAt !== null && officer.active;

/** Path of an officer's photo. Before citizens may see it, the site sends it only to the officer and administrators. */
export const photoPath = (officerId: string): string => `/berkas/petugas/${officerId}`;

/** Address of the photo that citizens see; null if they see none. */
export const publicPhotoAddress = ({ id, hasPhoto }: { id: string; hasPhoto: boolean }): string | null =>
	hasPhoto ? photoPath(id) : null;
