/** Activities on the files that a platform is made of: its configuration, its certificates, and the images beside them. */
export { backupBundle, type BackupBundle } from './backup-bundle';
export { listBundles, type ListBundles } from './list-bundles';
export { stageBundle, removeStaging } from './stage-bundle';
export { compareFiles, type CompareFiles } from './compare-files';
export { keepFormerFiles, putBackFiles, type FormerFiles } from './keep-former-files';
export { placeFiles, type PlaceFiles, type PlannedFile } from './place-files';
export { checkFiles } from './check-files';
export { usedImages, findImages } from './find-images';
export { saveImages } from './save-images';
export { loadImages } from './load-images';
export { inspectCertificates, type InspectCertificates } from './inspect-certificates';
export { askServedCertificate, type ServedCertificate } from './ask-served-certificate';
export { checkAccess, type CheckAccess } from './check-access';
export { changedFiles } from './changed-files';
