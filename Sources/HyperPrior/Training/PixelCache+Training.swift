import DatasetCatalog

extension PixelCache: TrainingPictures {}
