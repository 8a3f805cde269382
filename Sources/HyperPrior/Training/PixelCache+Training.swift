import DatasetCatalog

extension PixelCache: TrainingPictures {}
extension PictureWindows: TrainingPictures {}
